"""What happens in a run, pure: the plan, commands, events, the state that is their fold, and `decide`.

Nothing here does input or output, reads a clock or draws a random number: they come with the command.
"""
