"""News, bulletins and the library: publishing, reading and acknowledging, telling and reminding readers."""
