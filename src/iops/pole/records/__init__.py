"""What is shown of people, places and things: pages, timelines and charts of links."""
