"""The coupons of a program: list, editor, images, what became of each, and a member's coupon as a till scans it."""
