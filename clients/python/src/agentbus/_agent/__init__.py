"""What an agent is made of; programs use `agentbus.Agent`."""
