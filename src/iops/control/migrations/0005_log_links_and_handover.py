import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0004_classing_and_closing"),
        ("foundation", "0002_sessions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskDuty",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("call_handler", "call handler"),
                            ("dispatcher", "dispatcher"),
                            ("response", "response"),
                            ("sergeant", "sergeant"),
                            ("inspector", "inspector"),
                            ("safeguarding", "safeguarding"),
                            ("detective", "detective"),
                            ("registrar", "registrar"),
                            ("reviewer", "reviewer"),
                            ("analyst", "analyst"),
                            ("panel", "panel"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "desk duties",
            },
        ),
        migrations.CreateModel(
            name="DeskMessage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.TextField()),
                ("subject_id", models.BigIntegerField()),
                ("rule", models.TextField()),
                ("edition", models.DateField()),
                ("on_kind", models.TextField()),
                ("on_id", models.BigIntegerField()),
                ("arose_at", models.DateTimeField()),
                ("after", models.DurationField()),
                ("to_role", models.CharField(max_length=20)),
                ("due_at", models.DateTimeField()),
                ("raised_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("call_handler", "call handler"),
                            ("dispatcher", "dispatcher"),
                            ("response", "response"),
                            ("sergeant", "sergeant"),
                            ("inspector", "inspector"),
                            ("safeguarding", "safeguarding"),
                            ("detective", "detective"),
                            ("registrar", "registrar"),
                            ("reviewer", "reviewer"),
                            ("analyst", "analyst"),
                            ("panel", "panel"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("handed_at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                ("snapshot", models.JSONField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_snapshot", models.JSONField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IncidentLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("same_as", "same as"),
                            ("duplicate_of", "duplicate of"),
                            ("related_to", "related to"),
                            ("series", "part of a series with"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="MajorIncident",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("declared_at", models.DateTimeField()),
                ("stood_down_at", models.DateTimeField(blank=True, null=True)),
                ("stand_down_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="MajorIncidentPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Methane",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("declared", models.BooleanField(default=True, help_text="Major incident declared, or standing by.")),
                ("exact_location", models.TextField()),
                ("type", models.TextField()),
                ("hazards", models.TextField(blank=True)),
                ("access", models.TextField(blank=True)),
                ("casualties", models.PositiveIntegerField(blank=True, null=True)),
                ("casualties_said", models.TextField(blank=True)),
                ("emergency_services", models.TextField(blank=True, help_text="There, and needed.")),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("to_force", models.CharField(blank=True, max_length=120)),
                ("reason", models.TextField()),
                ("offered_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("accepted", models.BooleanField(blank=True, null=True)),
                (
                    "accepted_name",
                    models.CharField(blank=True, help_text="Who in the other force answered.", max_length=120),
                ),
                ("reference", models.CharField(blank=True, help_text="Its number in the other force.", max_length=60)),
                (
                    "answer",
                    models.TextField(blank=True, help_text="Why it was refused or withdrawn, or what was agreed."),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="logentry",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="control.logentry",
            ),
        ),
        migrations.AddField(
            model_name="logentry",
            name="kind",
            field=models.CharField(
                choices=[("typed", "typed"), ("system", "system")], db_default="typed", default="typed", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="logentry",
            name="recorded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="logentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["typed", "system"])), name="log_kind_known"
            ),
        ),
        migrations.AddField(
            model_name="deskduty",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="desk_duties", to="foundation.team"
            ),
        ),
        migrations.AddField(
            model_name="deskduty",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="desk_duties", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deskmessage",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deskmessage",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deskmessage",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="foundation.team"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.district"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="told",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="handed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="foundation.team"
            ),
        ),
        migrations.AddField(
            model_name="incidentlink",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incidentlink",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links_from", to="control.incident"
            ),
        ),
        migrations.AddField(
            model_name="incidentlink",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links_to", to="control.incident"
            ),
        ),
        migrations.AddField(
            model_name="incidentlink",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="majorincident",
            name="declared_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="majorincident",
            name="stood_down_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="majorincidentpart",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="majorincidentpart",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="major_parts", to="control.incident"
            ),
        ),
        migrations.AddField(
            model_name="majorincidentpart",
            name="major",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="control.majorincident"
            ),
        ),
        migrations.AddField(
            model_name="majorincidentpart",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="methane",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="methane",
            name="major",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="control.majorincident"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.district"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="control.incident"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="offered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="to_district",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="foundation.district",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskduty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("user", "team", "role"), name="desk_duty_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="deskduty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "call_handler",
                            "dispatcher",
                            "response",
                            "sergeant",
                            "inspector",
                            "safeguarding",
                            "detective",
                            "registrar",
                            "reviewer",
                            "analyst",
                            "panel",
                            "administrator",
                        ],
                    )
                ),
                name="desk_duty_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskduty",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("since")), _connector="OR"),
                name="desk_duty_ends_later",
            ),
        ),
        migrations.AddIndex(
            model_name="deskmessage",
            index=models.Index(condition=models.Q(("taken_at", None)), fields=["team"], name="desk_message_open"),
        ),
        migrations.AddConstraint(
            model_name="deskmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="desk_message_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="deskmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_at", None), ("taken_by", None)),
                    models.Q(("taken_at__gte", models.F("at")), ("taken_by__isnull", False)),
                    _connector="OR",
                ),
                name="desk_message_taken_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["on_kind", "on_id"], name="escalation_of_record"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["told", "-raised_at"], name="escalation_told"),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("subject_id", "subject", "rule", "arose_at", "after", "to_role", "told"),
                name="escalation_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(("raised_at__gte", models.F("due_at"))), name="escalation_raised_when_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at", None)), fields=("team", "role"), name="handover_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "call_handler",
                            "dispatcher",
                            "response",
                            "sergeant",
                            "inspector",
                            "safeguarding",
                            "detective",
                            "registrar",
                            "reviewer",
                            "analyst",
                            "panel",
                            "administrator",
                        ],
                    )
                ),
                name="handover_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at", None), ("accepted_by", None)),
                    models.Q(("accepted_at__gte", models.F("handed_at")), ("accepted_by__isnull", False)),
                    _connector="OR",
                ),
                name="handover_accepted_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_by", None),
                    models.Q(("accepted_by", models.F("handed_by")), _negated=True),
                    _connector="OR",
                ),
                name="handover_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("incident", models.F("other")), _negated=True), name="incident_link_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["same_as", "duplicate_of", "related_to", "series"])),
                name="incident_link_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="incident_link_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(("withdrawn_at__gte", models.F("at")), models.Q(("withdrawn_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="incident_link_withdrawn_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("incident", "other", "kind"),
                name="incident_link_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="major_incident_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stood_down_at", None),
                    models.Q(
                        ("stood_down_at__gte", models.F("declared_at")),
                        models.Q(("stand_down_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="major_incident_stood_down_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stood_down_at", None)), fields=("name",), name="major_incident_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincidentpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("major", "incident"), name="major_part_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincidentpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(("withdrawn_at__gte", models.F("at")), models.Q(("withdrawn_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="major_part_withdrawn_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="methane",
            index=models.Index(fields=["major", "at", "id"], name="methane_in_order"),
        ),
        migrations.AddConstraint(
            model_name="methane",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("exact_location", ""), _negated=True), models.Q(("type", ""), _negated=True)
                ),
                name="methane_says_where_and_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_district__isnull", False), ("to_force", "")),
                    models.Q(("to_district__isnull", True), models.Q(("to_force", ""), _negated=True)),
                    _connector="OR",
                ),
                name="transfer_one_receiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_district", None),
                    models.Q(("to_district", models.F("from_district")), _negated=True),
                    _connector="OR",
                ),
                name="transfer_goes_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="transfer_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted", None), ("answered_at", None)),
                    models.Q(
                        ("accepted__isnull", False),
                        ("answered_at__gte", models.F("offered_at")),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="transfer_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted", False), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="transfer_refusal_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_force", ""),
                    models.Q(("accepted", True), _negated=True),
                    models.Q(
                        models.Q(("reference", ""), _negated=True), models.Q(("accepted_name", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="transfer_force_says_who_and_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(
                        ("answered_at", None),
                        ("withdrawn_at__gte", models.F("offered_at")),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="transfer_withdrawn_unanswered",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                fields=("incident",),
                name="transfer_one_open",
            ),
        ),
    ]
