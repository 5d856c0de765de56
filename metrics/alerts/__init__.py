"""Alerts: which figures and sources somebody should look at, by rules that anybody can read.

`rules` reads the stanzas, `judging` says what holds now, `course` what follows from it for the
alert there is, and `check` does all of it for a home. The book they are kept in is
`store.state.alerts`; who is told of them is no concern of this room.
"""
