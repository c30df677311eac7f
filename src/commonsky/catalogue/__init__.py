"""What is up there? The table of element sets, and a synthetic sky to practise on."""
