"""Speed, accuracy and endurance, run by hand: nothing here is part of the tests."""
