"""What the duplicate run finds and how far it has come."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pole", "0003_search")]

    operations = [
        migrations.CreateModel(
            name="DuplicateBlock",
            fields=[
                ("key", models.IntegerField(primary_key=True, serialize=False)),
                ("people", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="DuplicateRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("model", models.CharField(max_length=200)),
                ("reached", models.BigIntegerField(default=0)),
                ("last", models.BigIntegerField(default=0)),
                ("people", models.BigIntegerField(default=0)),
                ("compared", models.BigIntegerField(default=0)),
                ("proposed", models.BigIntegerField(default=0)),
                ("crowded", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("finished_at",),
                        name="run_unfinished",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weight", models.DecimalField(decimal_places=3, max_digits=8)),
                ("probability", models.DecimalField(decimal_places=6, max_digits=7)),
                ("model", models.CharField(max_length=200)),
                ("explanation", models.JSONField(default=list)),
                ("found_at", models.DateTimeField()),
                ("settled", models.BooleanField(default=False)),
                (
                    "one",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pole.person",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pole.person"),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pole.duplicaterun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled", False)), fields=["-weight", "id"], name="duplicate_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="duplicate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="duplicate_one_way_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="duplicate_probability",
                    ),
                ],
            },
        ),
    ]
