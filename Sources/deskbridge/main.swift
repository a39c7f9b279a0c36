// The program's entrance.
