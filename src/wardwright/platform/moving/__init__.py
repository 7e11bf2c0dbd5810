"""Moving a whole house: out into open files, and in again from them, byte for byte."""
