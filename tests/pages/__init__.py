"""The pages are tested: their commands run, their links lead somewhere, and what they say is what the code says."""
