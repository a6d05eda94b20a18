"""Entry of `python -m iops.synthetic.people`."""

from iops.synthetic.people.commands import app

app()
