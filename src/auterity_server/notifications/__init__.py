"""Mails about what waits for somebody: who hears of what, once, and several matters in one mail."""
