"""Django's formats where ours differ: one folder a language (`FORMAT_MODULE_PATH`)."""
