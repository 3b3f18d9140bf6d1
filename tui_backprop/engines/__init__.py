"""The loops that train fast, behind one protocol, each proven equal to `core`."""
