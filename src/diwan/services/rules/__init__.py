"""What holds of services without a database: workbooks, forms, flows, codes. Plain Python."""
