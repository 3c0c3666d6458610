"""The command line, one module per room. A module has `add_commands(app)`; adding a module adds its commands."""
