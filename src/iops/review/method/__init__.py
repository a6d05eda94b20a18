"""The method of a review programme, pure: bands, agreement, stopping, forecast. No database, no clock, no chance."""
