"""What a drafted text states (numbers, prices, dates, times, phones, VINs), and whether facts say so."""
