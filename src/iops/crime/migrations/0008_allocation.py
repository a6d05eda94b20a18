import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('control', '0006_escalations_of_no_district'),
        ('crime', '0007_exhibits'),
        ('foundation', '__first__'),
        ('pole', '0004_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfficerSkill',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crime_skills', to=settings.AUTH_USER_MODEL)),
                ('skill', models.CharField(max_length=40)),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('shown_by', models.CharField(help_text='Certificate or course that shows it.', max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('skill', ''), _negated=True), models.Q(('shown_by', ''), _negated=True)), name='officer_skill_shown'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='officer_skill_forward'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('user', 'skill'), name='officer_skill_once')],
            },
        ),
        migrations.CreateModel(
            name='OfficerTie',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pole.person')),
                ('tie', models.CharField(choices=[('oneself', 'is this person'), ('family', 'family or household'), ('partner', 'partner or former partner'), ('knows', 'friend or other close tie')], max_length=8)),
                ('source', models.TextField(help_text='Who said so, and when.')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_reason', models.TextField(blank=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('tie__in', ['oneself', 'family', 'partner', 'knows']), models.Q(('source', ''), _negated=True)), name='officer_tie_known'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='officer_tie_withdrawn_why'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user', 'person', 'tie'), name='officer_tie_once')],
            },
        ),
        migrations.CreateModel(
            name='AllocationChoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('crime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocation_choices', to='crime.crime')),
                ('owner', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='choice', to='crime.crimeowner')),
                ('suggested', models.JSONField()),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('followed', models.BooleanField()),
                ('against_reason', models.TextField(blank=True)),
                ('edition', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('followed', True), models.Q(('against_reason', ''), _negated=True), _connector='OR'), name='allocation_against_why'), models.CheckConstraint(condition=models.Q(('followed', False), models.Q(('place', 1), ('place__isnull', False)), ('suggested', []), _connector='OR'), name='allocation_followed_is_first')],
            },
        ),
        migrations.CreateModel(
            name='SolvabilityAssessment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('crime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='solvability', to='crime.crime')),
                ('answers', models.JSONField()),
                ('points', models.PositiveSmallIntegerField()),
                ('edition', models.DateField()),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('crime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='crime.crime')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='crime.solvabilityassessment')),
                ('decision', models.CharField(choices=[('in', 'screened in: it is investigated'), ('out', 'screened out: no further investigation for now')], max_length=3)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['crime', '-id'], name='screening_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decision__in', ['in', 'out']), models.Q(('reason', ''), _negated=True)), name='screening_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ScreeningReview',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('crime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screening_reviews', to='crime.crime')),
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='crime.screening')),
                ('agreed', models.BooleanField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='screening_review_says_why')],
            },
        ),
        migrations.CreateModel(
            name='OpenCrime',
            fields=[
                ('crime', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='as_open', serialize=False, to='crime.crime')),
                ('incident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='control.incident')),
                ('district_id', models.BigIntegerField()),
                ('holder_id', models.BigIntegerField(null=True)),
                ('waits', models.BooleanField()),
                ('crime_class', models.CharField(max_length=20)),
                ('seriousness', models.SmallIntegerField()),
                ('floors', models.JSONField()),
                ('floored', models.SmallIntegerField()),
                ('critical', models.BooleanField(help_text='Serious, and with a vulnerable victim.')),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('waits', True)), fields=['-floored', '-seriousness', 'recorded_at', 'crime'], name='open_waits'), models.Index(condition=models.Q(('waits', True)), fields=['district_id', '-floored', '-seriousness', 'recorded_at', 'crime'], name='open_waits_district'), models.Index(condition=models.Q(('critical', True), ('waits', True)), fields=['recorded_at', 'crime'], name='open_waits_critical'), models.Index(condition=models.Q(('holder_id__isnull', False)), fields=['holder_id'], name='open_by_holder')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='victimnews',
            name='victim_news_known',
        ),
        migrations.AlterField(
            model_name='victimnews',
            name='kind',
            field=models.CharField(choices=[('recorded', 'the crime was recorded'), ('arrested', 'a suspect was arrested'), ('interviewed', 'a suspect was interviewed under caution'), ('bailed', 'a suspect was released on bail'), ('conditions_changed', 'bail conditions were changed or ended'), ('under_investigation', 'a suspect was released under investigation'), ('released', 'a suspect was released without charge'), ('charged', 'a suspect was charged'), ('court_date', 'a date of a hearing was set or changed'), ('outcome', 'the crime was given an outcome'), ('not_prosecuted', 'it was decided not to prosecute'), ('removed', 'the record of the crime was removed'), ('screened_out', 'it was decided not to investigate further'), ('reopened', 'the crime was opened again')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='victimnews',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['recorded', 'arrested', 'interviewed', 'bailed', 'conditions_changed', 'under_investigation', 'released', 'charged', 'court_date', 'outcome', 'not_prosecuted', 'removed', 'screened_out', 'reopened'])), name='victim_news_known'),
        ),
    ]
