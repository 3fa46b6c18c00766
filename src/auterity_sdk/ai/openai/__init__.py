"""Models that speak OpenAI's protocol, by the official client: OpenAI, Azure OpenAI, and any server of one's own."""
