"""Mails to people: one text a mail, in the language of whoever reads it."""
