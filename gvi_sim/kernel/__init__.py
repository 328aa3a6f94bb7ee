"""What kernels are made with: compilation, tables by their pointers, exact elementary functions, addressed draws."""
