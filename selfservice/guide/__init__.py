"""The documents as pages, in the reader's language, and the way from each page to what is written about it."""
