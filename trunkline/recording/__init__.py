"""The sound of calls on two channels, in files that any player plays, written while the call goes on."""
