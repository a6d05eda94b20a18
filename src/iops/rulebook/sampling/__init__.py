"""How rates of an audit are counted: pure functions over whole numbers, without a database."""
