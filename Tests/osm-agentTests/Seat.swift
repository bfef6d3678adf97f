// The tests of the program osm-agent.
