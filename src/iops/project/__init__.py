"""What ties the areas together: URL map, API map, settings, the iops command."""
