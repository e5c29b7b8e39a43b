module example.com/custom-runtime

go 1.19
