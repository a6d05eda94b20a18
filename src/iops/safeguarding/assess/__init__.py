"""Assessing the risk to a victim: questionnaires as dated files, grades by several hands, and how a grade may fall."""
