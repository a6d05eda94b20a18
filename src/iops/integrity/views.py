"""stub"""
desk = suspicions = audit = draw = item = lambda request: None
