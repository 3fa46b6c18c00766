"""What each kind of step does when it starts, and when something happens to it."""
