"""People, organizations, appointments, and who is signed in where."""
