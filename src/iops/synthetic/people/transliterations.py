"""Names that are written in several ways in Latin letters: each line is one name.

Written down by us from everyday knowledge of how the same name is spelt on British documents.
"""

from __future__ import annotations

from functools import cache

FAMILIES = """
Mohammed Muhammad Mohammad Mohamed Muhammed Mohamad Mohamud Mahomed
Ahmed Ahmad Ahmet Ahamed
Hussain Hussein Husain Hossain Hussayn Hosein
Hassan Hasan Hassen
Yusuf Yousef Yousuf Youssef Yusaf Yussuf
Ibrahim Ebrahim Ibraheem
Omar Umar Omer Umer
Usman Osman Othman Uthman
Abdul Abdal Abdel
Abdullah Abdulla Abdallah
Rahman Rehman Rahmaan Ur-Rahman
Abdulrahman Abdurrahman Abdelrahman Abdirahman
Mahmood Mehmood Mahmoud Mahmud
Khalid Khaled Khalaed
Tariq Tarek Tarik Tareq
Rashid Rasheed Rachid
Karim Kareem
Jamil Jameel
Saeed Said Sayeed Saeid
Syed Sayed Sayyid Sayeed
Sheikh Shaikh Shaykh Sheik
Chowdhury Choudhury Chaudhry Choudhry Chaudhary Chowdhry
Miah Mia Miya Meah
Begum Begam Begom
Akhtar Akhter Akter Aktar
Bibi Beebi
Khatun Khatoon Khatoun
Qureshi Quraishi Qureishi Koreshi
Iqbal Eqbal Ikbal
Malik Malek Mallick
Ali Aly Alee
Mirza Meerza
Bashir Basheer Bachir
Nasir Naseer Nasser
Nazir Nazeer Nadhir
Shahid Shaheed
Waqas Waqaas
Bilal Belal Bilaal
Ismail Esmail Ismaeel Ismaël
Sulaiman Suleman Suleiman Solaiman
Dawood Dawud Daoud
Yaqub Yaqoob Yacoub
Mustafa Mostafa Moustafa
Faisal Faysal Feisal
Junaid Junayd
Hamza Hamzah Hamsa
Ayesha Aisha Aysha Aicha
Fatima Fatema Fathima Fatimah Fadumo
Khadija Khadijah Khadeeja Khadra
Zainab Zaynab Zeinab Zeynab
Maryam Mariam Miriam Mariyam
Amina Aminah Ameena Aamina
Yasmin Yasmeen Jasmin Yasmine
Nasreen Nasrin Nasrine
Shabana Shabaana
Noor Nur Nour Noora
Parveen Parvin Perveen
Samina Sameena
Saima Saimah Sayma
Rukhsana Ruksana Rokhsana
Leila Layla Laila Leyla
Farah Fara Farrah
Hodan Hoodan
Abdi Cabdi
Ali Cali
Warsame Warsama
Karwan Karwaan
Rebwar Rebwaar Rêbwar
Shwan Shwaan Shiwan
Barzani Berzani
Reza Raza Riza
Hosseini Husseini Hoseini
Ahmadi Ahmedi
Mohammadi Muhammadi Mohamadi
Karimi Kareemi
Oleksandr Aleksandr Alexander Olexandr
Serhiy Sergey Serhii Sergei
Yuliya Yuliia Julia Iuliia
Dmytro Dmitry Dmitri Dmytry
Volodymyr Vladimir Wolodymyr
Mykola Nikolai Mikola
Kateryna Katerina Ekaterina
Tetyana Tatiana Tetiana
Zhang Chang Cheung
Chen Chan Chin
Wang Wong Vong
Li Lee Lei
Xu Hsu Hui
Zhou Chow Chou
Huang Hwang Wong
Liu Lau Lew
Wu Ng
Lin Lam Lum
Yang Yeung Young
Zhao Chao Chiu
Zheng Cheng Cheang
Guo Kwok Kuo
Liang Leung Leong
He Ho
Gao Ko Kao
Luo Lo Law
Nguyen Nguyễn Nguyên
Singh Sing Singha
Kaur Kour Kaurr
Gill Ghill
Dhillon Dhillion Dillon
Sandhu Sandu
Patel Patell
Mohan Mohun
Lakshmi Laxmi Lakshmee
Krishna Krishnan Kishna
Krishnan Krishnen Krishnann
Shreya Shriya Sreya
Vijay Vijai Bijoy
Deepak Dipak
Sunil Suneel
Anil Aneel
Georgiou Yeorgiou Georgiu
Ioannis Yiannis Giannis
Georgios Yiorgos Giorgos
Stepanenko Stepanenka Stephanenko
"""


@cache
def variants() -> dict[str, tuple[str, ...]]:
    """For each known spelling in lower case, the other spellings of the same name."""
    found: dict[str, set[str]] = {}
    for line in FAMILIES.split("\n"):
        spellings = line.split()
        for spelling in spellings:
            found.setdefault(spelling.lower(), set()).update(spellings)
    return {name: tuple(sorted(s for s in others if s.lower() != name)) for name, others in found.items()}
