# Needs git, make and Python 3.11 or newer; every target sets up what it needs.
PYTHON ?= python3

.DEFAULT_GOAL := demo
.PHONY: demo test setup lint types docs fuzz soak bench lock clean

demo test setup lint types docs fuzz soak bench lock clean:
	@$(PYTHON) dev.py $@ $(ARGS)
