"""Pages for those who manage a program: what the embedded platform keeps, to look at and to change."""
