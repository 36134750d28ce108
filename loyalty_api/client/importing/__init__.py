"""Brings members, users, bookings and coupons in from CSV files: part by part, resumable, with every refusal named."""
