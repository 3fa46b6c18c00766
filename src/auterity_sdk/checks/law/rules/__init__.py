"""The rules, by what they are about; each is data, and its page stands in `pages`."""
