from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('migration', '0001_first'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ledgerrow',
            index=models.Index(condition=models.Q(('fate', 'loaded')), fields=['contact_id'], name='ledger_loaded_contact'),
        ),
    ]
