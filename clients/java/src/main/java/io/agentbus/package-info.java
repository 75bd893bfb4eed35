/** Agents and orchestrators on Agentbus, a durable message bus for AI agents. */
package io.agentbus;
