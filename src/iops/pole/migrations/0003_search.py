"""The tables of the one search, and the extension whose operators find rows that share a key."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pole", "0002_people_places_things")]

    operations = [
        CreateExtension("intarray"),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.BigIntegerField()),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("record_kind", models.CharField(max_length=20)),
                ("record_id", models.BigIntegerField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], gin_pending_list_limit=512, name="searchtext_words"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("row_id", "table_name", "part"), name="searchtext_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchPerson",
            fields=[
                ("person_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("known", models.JSONField()),
                ("risk", models.SmallIntegerField(default=0)),
                ("seen_at", models.DateTimeField(null=True)),
                ("walled", models.BooleanField(default=False)),
                ("hinted", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["keys"],
                        gin_pending_list_limit=512,
                        name="searchperson_keys",
                        opclasses=["gin__int_ops"],
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["keys"],
                        gin_pending_list_limit=512,
                        name="searchperson_walled",
                        opclasses=["gin__int_ops"],
                        condition=models.Q(walled=True),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=60, primary_key=True, serialize=False)),
                ("sound", models.CharField(db_collation="C", max_length=60)),
                ("borne", models.IntegerField(default=1)),
            ],
            options={"indexes": [models.Index(fields=["sound"], name="searchword_sound")]},
        ),
        migrations.CreateModel(
            name="SearchWithheld",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("record_kind", models.CharField(max_length=20)),
                (
                    "record_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("asked", models.TextField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["record_ids"], name="searchwithheld_records")
                ],
            },
        ),
    ]
