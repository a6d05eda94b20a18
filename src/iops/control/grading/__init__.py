"""Grading: the force's schemes of grades, THRIVE, advice on a grade, and the second person behind a slower one."""
