"""The window. It follows the engine and holds no truth of its own."""
