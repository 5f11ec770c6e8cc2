"""More than one machine, by Ray: the same serving, training and batches as on one."""
