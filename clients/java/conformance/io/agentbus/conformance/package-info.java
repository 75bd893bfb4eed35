/** The program that does with the client what the scenarios of test/clients tell it. */
package io.agentbus.conformance;
