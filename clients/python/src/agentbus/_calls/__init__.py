"""Single calls and what is made of them; programs use `agentbus.Orchestrator`."""
