"""What the screens are built on: threads and tasks beside the event loop, the clipboard, characters, mended lists."""
