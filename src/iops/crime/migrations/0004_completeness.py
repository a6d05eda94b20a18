import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crime', '0003_victims'),
        ('pole', '0004_duplicates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NotStated',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('about', models.CharField(choices=[('born', 'date of birth'), ('sex', 'sex'), ('ethnicity', 'ethnicity, self-defined'), ('address', 'address'), ('phone', 'telephone'), ('wish', 'what the victim wants')], max_length=12)),
                ('answer', models.CharField(choices=[('not_known', 'not known'), ('declined', 'declined to say')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('crime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='not_stated', to='crime.crime')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pole.person')),
            ],
            options={
                'indexes': [models.Index(fields=['crime', 'person', 'about', '-id'], name='not_stated_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('about__in', ['born', 'sex', 'ethnicity', 'address', 'phone', 'wish']), ('answer__in', ['not_known', 'declined'])), name='not_stated_known_words')],
            },
        ),
    ]
