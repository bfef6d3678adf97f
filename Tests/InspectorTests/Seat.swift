// The tests of Inspector.
