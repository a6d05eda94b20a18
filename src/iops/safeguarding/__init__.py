"""Safeguarding: risk assessments, decisions on children, referrals."""
