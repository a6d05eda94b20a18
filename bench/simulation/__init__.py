"""A control room through days of simulated work, and an oracle that knows by itself what must have been escalated."""
