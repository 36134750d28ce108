"""Reports about a program: members, points and what they are owed for, coupons, levels and receipts."""
