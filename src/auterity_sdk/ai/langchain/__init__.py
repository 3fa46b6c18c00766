"""LangChain's chat models, chains and prompt templates as language models (the extra `auterity[langchain]`)."""
