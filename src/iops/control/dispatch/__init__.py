"""Units and dispatch: who is on duty, in what state, where; who is sent, with every time; the safety of crews."""
